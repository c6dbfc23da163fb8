"""Test x2 on Set5 and Set14 by the paper's protocol: Y of 8 bits (BT.601), cropped to multiples of 2; imresize down and
up in double precision, nothing rounded in between; the output rounded to 8 bits, 2 border pixels cropped.

The originals are those of the RGB test sets. Made by:
    python tools/dataset_converters/prepare.py Set5 --source FOLDER_OR_ARCHIVE      (likewise Set14)
A data set that is not there is reported, and the others are tested.
"""

test_pipeline = [
    dict(type='LoadImageFromFile', key='gt', to_y_channel=True),
    dict(type='DownsampleAndEnlarge', scale=2),
    dict(type='PackInputs'),
]

set5_dataloader = dict(
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='set5', task_name='sisr'),
        data_root='data/Set5',
        data_prefix=dict(gt='GTmod2'),
        pipeline=test_pipeline,
    ),
)
set5_evaluator = dict(
    type='Evaluator',
    metrics=[
        dict(type='PSNR', convert_to='Y', crop_border=2, prefix='Set5'),
        dict(type='SSIM', convert_to='Y', crop_border=2, prefix='Set5'),
    ],
)

set14_dataloader = dict(
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='set14', task_name='sisr'),
        data_root='data/Set14',
        data_prefix=dict(gt='GTmod2'),
        pipeline=test_pipeline,
    ),
)
set14_evaluator = dict(
    type='Evaluator',
    metrics=[
        dict(type='PSNR', convert_to='Y', crop_border=2, prefix='Set14'),
        dict(type='SSIM', convert_to='Y', crop_border=2, prefix='Set14'),
    ],
)

test_cfg = dict(type='MultiTestLoop')
test_dataloader = [set5_dataloader, set14_dataloader]
test_evaluator = [set5_evaluator, set14_evaluator]
