"""A config with every key that MMagic's SRCNN config has, those that nothing reads included; a smaller network."""
# ruff: noqa: C408

_base_ = ['./_base_/runtime.py', './_base_/test_sets.py']

experiment_name = 'mmagic_style'
work_dir = f'./work_dirs/{experiment_name}'
save_dir = './work_dirs/'

scale = 4
model = dict(
    type='BaseEditModel',
    generator=dict(type='SRCNNNet', channels=(3, 8, 4, 3), kernel_sizes=(5, 1, 3), upscale_factor=scale),
    pixel_loss=dict(type='L1Loss', loss_weight=1.0, reduction='mean'),
    train_cfg=dict(),
    test_cfg=dict(metrics=['PSNR'], crop_border=scale),
    data_preprocessor=dict(type='DataPreprocessor', mean=[0.0, 0.0, 0.0], std=[255.0, 255.0, 255.0]),
)

train_pipeline = [
    *_base_.read_pair,
    dict(type='SetValues', dictionary=dict(scale=scale)),
    dict(type='PairedRandomCrop', gt_patch_size=32),
    dict(type='Flip', keys=['img', 'gt'], flip_ratio=0.5, direction='horizontal'),
    dict(type='Flip', keys=['img', 'gt'], flip_ratio=0.5, direction='vertical'),
    dict(type='RandomTransposeHW', keys=['img', 'gt'], transpose_ratio=0.5),
    dict(type='PackInputs'),
]
dataset_type = 'BasicImageDataset'
data_root = 'data'

train_dataloader = dict(
    batch_size=16,
    num_workers=4,
    persistent_workers=False,
    sampler=dict(type='InfiniteSampler', shuffle=True),
    dataset=dict(
        type=dataset_type,
        ann_file='meta_info_DIV2K800sub_GT.txt',
        metainfo=dict(dataset_type='div2k', task_name='sisr'),
        data_root=data_root + '/DIV2K',
        data_prefix=dict(img='DIV2K_train_LR_bicubic/X4_sub', gt='DIV2K_train_HR_sub'),
        filename_tmpl=dict(img='{}', gt='{}'),
        pipeline=train_pipeline,
    ),
)
val_dataloader = _base_.test_dataloader[0]
val_evaluator = dict(
    type='Evaluator',
    metrics=[dict(type='MAE'), dict(type='PSNR', crop_border=scale), dict(type='SSIM', crop_border=scale)],
)
train_cfg = dict(type='IterBasedTrainLoop', max_iters=1_000_000, val_interval=5000)
val_cfg = dict(type='MultiValLoop')

optim_wrapper = dict(
    constructor='DefaultOptimWrapperConstructor',
    type='OptimWrapper',
    optimizer=dict(type='Adam', lr=2e-4, betas=(0.9, 0.999)),
)
param_scheduler = dict(
    type='CosineRestartLR', by_epoch=False, periods=[250_000] * 4, restart_weights=[1] * 4, eta_min=1e-7
)
default_hooks = dict(
    checkpoint=dict(type='CheckpointHook', interval=5000, save_optimizer=True, by_epoch=False, out_dir=save_dir),
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=100),
    param_scheduler=dict(type='ParamSchedulerHook'),
    sampler_seed=dict(type='DistSamplerSeedHook'),
)
