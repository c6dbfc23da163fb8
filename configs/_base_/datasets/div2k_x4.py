"""DIV2K-800 in whole images, x4, decoded once (cache=True), for training (128-px patches, flips and transposes);
Set5 for validation.

Made by: python tools/dataset_converters/prepare.py DIV2K --source FOLDER_OR_ARCHIVE
         python tools/dataset_converters/prepare.py Set5 --source FOLDER_OR_ARCHIVE
"""

load_pair = [
    dict(type='LoadImageFromFile', key='img', color_type='color', channel_order='rgb'),
    dict(type='LoadImageFromFile', key='gt', color_type='color', channel_order='rgb'),
]

train_pipeline = [
    *load_pair,
    dict(type='SetValues', dictionary=dict(scale=4)),
    dict(type='PairedRandomCrop', gt_patch_size=128),
    dict(type='Flip', keys=['img', 'gt'], flip_ratio=0.5, direction='horizontal'),
    dict(type='Flip', keys=['img', 'gt'], flip_ratio=0.5, direction='vertical'),
    dict(type='RandomTransposeHW', keys=['img', 'gt'], transpose_ratio=0.5),
    dict(type='PackInputs'),
]
val_pipeline = [*load_pair, dict(type='PackInputs')]

train_dataloader = dict(
    num_workers=0,  # with the cache a sample takes microseconds
    batch_size=16,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='div2k', task_name='sisr'),
        data_root='data/DIV2K',
        data_prefix=dict(img='DIV2K_train_LR_bicubic/X4', gt='DIV2K_train_HR'),
        filename_tmpl=dict(img='{}x4', gt='{}'),
        cache=True,
        pipeline=train_pipeline,
    ),
)

val_dataloader = dict(
    num_workers=0,
    sampler=dict(type='DefaultSampler', shuffle=False),
    dataset=dict(
        type='BasicImageDataset',
        metainfo=dict(dataset_type='set5', task_name='sisr'),
        data_root='data/Set5',
        data_prefix=dict(img='LRbicx4_GTmod4', gt='GTmod4'),
        pipeline=val_pipeline,
    ),
)
val_evaluator = dict(
    type='Evaluator',
    metrics=[dict(type='MAE'), dict(type='PSNR', crop_border=4), dict(type='SSIM', crop_border=4)],
)
