"""A folder of originals alone, x4: low-resolution images are made on the fly, as MATLAB's imresize makes them.

Expects pictures of any format and any size from 128 pixels in data/mine/HR, for training, and others in
data/mine/HR_valid, for validation and test. Nothing has to be prepared. Low resolution is
imresize(im2double(HR), 1/4), rounded once; say convention='uint8' for MATLAB's imresize of the 8-bit image.
"""

scale = 4
load_original = dict(type='LoadImageFromFile', key='gt', color_type='color', channel_order='rgb')

train_pipeline = [
    load_original,
    dict(type='RandomCropAndDownsample', gt_patch_size=128, scale=scale, convention='double'),
    dict(type='Flip', keys=['img', 'gt'], flip_ratio=0.5, direction='horizontal'),
    dict(type='Flip', keys=['img', 'gt'], flip_ratio=0.5, direction='vertical'),
    dict(type='RandomTransposeHW', keys=['img', 'gt'], transpose_ratio=0.5),
    dict(type='PackInputs'),
]
val_pipeline = [load_original, dict(type='Downsample', scale=scale, convention='double'), dict(type='PackInputs')]

train_dataloader = dict(
    num_workers=4,
    batch_size=16,
    persistent_workers=True,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='mine', task_name='sisr'),
        data_root='data/mine',
        data_prefix=dict(gt='HR'),
        cache=True,
        pipeline=train_pipeline,
    ),
)

val_dataloader = dict(
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='mine', task_name='sisr'),
        data_root='data/mine',
        data_prefix=dict(gt='HR_valid'),
        pipeline=val_pipeline,
    ),
)
val_evaluator = dict(
    type='Evaluator',
    metrics=[dict(type='MAE'), dict(type='PSNR', crop_border=scale), dict(type='SSIM', crop_border=scale)],
)

test_dataloader = [val_dataloader]
test_evaluator = [
    dict(
        type='Evaluator',
        metrics=[
            dict(type='PSNR', crop_border=scale, prefix='mine'),
            dict(type='SSIM', crop_border=scale, prefix='mine'),
        ],
    )
]
test_cfg = dict(type='MultiTestLoop')
