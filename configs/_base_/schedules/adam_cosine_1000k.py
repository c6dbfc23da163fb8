"""MMagic's SRCNN schedule: Adam, four cosine cycles of 250,000 iterations, validation every 5,000."""

train_cfg = dict(type='IterBasedTrainLoop', max_iters=1_000_000, val_interval=5000)
val_cfg = dict(type='MultiValLoop')

optim_wrapper = dict(
    constructor='DefaultOptimWrapperConstructor',
    type='OptimWrapper',
    optimizer=dict(type='Adam', lr=2e-4, betas=(0.9, 0.999), fused=True),
)

param_scheduler = dict(
    type='CosineRestartLR',
    by_epoch=False,
    periods=[250_000, 250_000, 250_000, 250_000],
    restart_weights=[1, 1, 1, 1],
    eta_min=1e-7,
)

# For --auto-scale-lr: the batch size that lr above is meant for
auto_scale_lr = dict(enable=False, base_batch_size=16)
