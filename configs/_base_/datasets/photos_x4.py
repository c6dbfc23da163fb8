"""T91, General-100, BSDS200 and own photographs, x4, whole images decoded once (cache=True); Set5 for
validation. Patches have 64 px, since some images of T91 are smaller than 128.

Made by: python tools/dataset_converters/prepare.py T91 --source FOLDER_OR_ARCHIVE
         likewise General100, BSDS200, Set5, and
         python tools/dataset_converters/prepare.py --name WikipediaPhotos --source FOLDER
"""

load_pair = [
    dict(type='LoadImageFromFile', key='img', color_type='color', channel_order='rgb'),
    dict(type='LoadImageFromFile', key='gt', color_type='color', channel_order='rgb'),
]

train_pipeline = [
    *load_pair,
    dict(type='SetValues', dictionary=dict(scale=4)),
    dict(type='PairedRandomCrop', gt_patch_size=64),
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
        type='ConcatDataset',
        datasets=[
            dict(
                type='BasicImageDataset',
                metainfo=dict(dataset_type='photos', task_name='sisr'),
                data_root=f'data/{name}',
                data_prefix=dict(img='LRbicx4', gt='HR'),
                cache=True,
                exclude=['302003'],  # in BSDS200; it is Set5's woman
                pipeline=train_pipeline,
            )
            for name in ('T91', 'General100', 'BSDS200', 'WikipediaPhotos')
        ],
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
