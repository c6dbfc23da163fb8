"""SRCNN x4 in about a minute on a CPU, on the photographs that ship inside scikit-image. Run by `make demo`.

Expected: 0.46 dB above bicubic (RGB PSNR, 4 border pixels cropped, rounded) on photographs it has not seen, with this
seed on two CPU cores. Other seeds were measured with 600 iterations: 0.34 to 0.46.
The network starts as the bicubic image (init='identity') and learns the rest.

Train: python tools/train.py configs/demo/srcnn_x4_demo.py
Test:  python tools/test.py configs/demo/srcnn_x4_demo.py demo/work_dir/iter_800.pth
Data:  python tools/demo.py lays it out in demo/data
"""

_base_ = ['../_base_/default_runtime.py', '../_base_/models/srcnn_rgb.py', '../_base_/datasets/div2k_x4.py']

work_dir = 'demo/work_dir'
max_iters = 800
randomness = dict(seed=1)

model = dict(
    generator=dict(upscale_factor=4, init='identity'),
    pixel_loss=dict(_delete_=True, type='MSELoss'),  # PSNR is a squared error, and there is little time
)

train_dataloader = dict(
    num_workers=0,
    dataset=dict(
        _delete_=True,
        type='BasicImageDataset',
        metainfo=dict(dataset_type='photographs of scikit-image'),
        data_root='demo/data/train',
        data_prefix=dict(img='LR', gt='HR'),
        pipeline=[
            *_base_.load_pair,
            dict(type='SetValues', dictionary=dict(scale=4)),
            dict(type='PairedRandomCrop', gt_patch_size=48),
            dict(type='Flip', keys=['img', 'gt'], flip_ratio=0.5, direction='horizontal'),
            dict(type='Flip', keys=['img', 'gt'], flip_ratio=0.5, direction='vertical'),
            dict(type='RandomTransposeHW', keys=['img', 'gt'], transpose_ratio=0.5),
            dict(type='PackInputs'),
        ],
    ),
)
test_dataset = dict(
    _delete_=True,
    type='BasicImageDataset',
    metainfo=dict(dataset_type='photographs of scikit-image'),
    data_root='demo/data/test',
    data_prefix=dict(img='LR', gt='HR'),
    pipeline=_base_.val_pipeline,
)
val_dataloader = dict(dataset=test_dataset)
test_dataloader = dict(num_workers=0, sampler=dict(type='DefaultSampler', shuffle=False), dataset={**test_dataset})
test_dataloader['dataset'].pop('_delete_')
test_evaluator = dict(
    type='Evaluator',
    metrics=[dict(type='PSNR', crop_border=4, prefix='demo'), dict(type='SSIM', crop_border=4, prefix='demo')],
)
test_cfg = dict(type='MultiTestLoop')

train_cfg = dict(type='IterBasedTrainLoop', max_iters=max_iters, val_interval=max_iters)
val_cfg = dict(type='MultiValLoop')
optim_wrapper = dict(type='OptimWrapper', optimizer=dict(type='Adam', lr=1e-3))
param_scheduler = dict(type='CosineAnnealingLR', by_epoch=False, T_max=max_iters, eta_min=1e-6)

default_hooks = dict(logger=dict(interval=25), checkpoint=dict(interval=max_iters))
custom_hooks = []
