"""SRCNN 9-5-5 on Y x4, weights and test of https://github.com/yjn870/SRCNN-pytorch: borders of zeros, Pillow's bicubic.

Expected on Set5: PSNR 30.2530, SSIM 0.8601 (measured; the project says 30.25).
See PillowLumaPair for what is peculiar to it; compare with the papers by srcnn_x4k955_y.py.

Test: python tools/test.py configs/srcnn/srcnn_x4k955_y_yjn870.py CHECKPOINT
"""

_base_ = ['./srcnn_x4k955_y.py']

experiment_name = 'srcnn_x4k955_y_yjn870'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(padding_mode='zeros'))

test_dataloader = [_base_.set5_dataloader]
test_dataloader[0]['dataset']['pipeline'] = [
    dict(type='LoadImageFromFile', key='gt'),
    dict(type='PillowLumaPair', scale=4),
    dict(type='PackInputs'),
]
test_evaluator = [
    dict(
        type='Evaluator',
        metrics=[
            dict(type='PSNR', rounding=False, prefix='Set5'),
            dict(type='SSIM', rounding=False, prefix='Set5'),
        ],
    )
]
