"""Test x2 on Set5, Set14 and DIV2K's validation images: RGB, 2 border pixels cropped, rounded to 8 bit.

The originals are cropped to multiples of 2; LR = imresize(im2double(HR), 1/2), rounded once. Made by:
    python tools/dataset_converters/prepare.py Set5 --source FOLDER_OR_ARCHIVE      (likewise Set14, DIV2K)
A data set that is not there is reported, and the others are tested.
"""

test_pipeline = [
    dict(type='LoadImageFromFile', key='img', color_type='color', channel_order='rgb'),
    dict(type='LoadImageFromFile', key='gt', color_type='color', channel_order='rgb'),
    dict(type='PackInputs'),
]

set5_dataloader = dict(
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='set5', task_name='sisr'),
        data_root='data/Set5',
        data_prefix=dict(img='LRbicx2_GTmod2', gt='GTmod2'),
        pipeline=test_pipeline,
    ),
)
set5_evaluator = dict(
    type='Evaluator',
    metrics=[dict(type='PSNR', crop_border=2, prefix='Set5'), dict(type='SSIM', crop_border=2, prefix='Set5')],
)

set14_dataloader = dict(
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='set14', task_name='sisr'),
        data_root='data/Set14',
        data_prefix=dict(img='LRbicx2_GTmod2', gt='GTmod2'),
        pipeline=test_pipeline,
    ),
)
set14_evaluator = dict(
    type='Evaluator',
    metrics=[dict(type='PSNR', crop_border=2, prefix='Set14'), dict(type='SSIM', crop_border=2, prefix='Set14')],
)

div2k_dataloader = dict(
    num_workers=2,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='div2k', task_name='sisr'),
        data_root='data/DIV2K',
        data_prefix=dict(img='DIV2K_valid_LR_bicubic/X2', gt='DIV2K_valid_HR'),
        filename_tmpl=dict(img='{}x2', gt='{}'),
        pipeline=test_pipeline,
    ),
)
div2k_evaluator = dict(
    type='Evaluator',
    metrics=[dict(type='PSNR', crop_border=2, prefix='DIV2K'), dict(type='SSIM', crop_border=2, prefix='DIV2K')],
)

test_cfg = dict(type='MultiTestLoop')
test_dataloader = [set5_dataloader, set14_dataloader, div2k_dataloader]
test_evaluator = [set5_evaluator, set14_evaluator, div2k_evaluator]
