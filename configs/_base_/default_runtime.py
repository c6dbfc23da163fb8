"""Everything that is not model, data or schedule: logs, checkpoints, pictures, processes."""

default_scope = 'srcnn'
save_dir = './work_dirs'

default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=100, log_metric_by_epoch=False),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(
        type='CheckpointHook', interval=5000, by_epoch=False, max_keep_ckpts=10, save_best='PSNR', rule='greater'
    ),
    sampler_seed=dict(type='DistSamplerSeedHook'),
)

env_cfg = dict(
    cudnn_benchmark=False,
    # 'spawn' on macOS and Windows; nccl becomes gloo where there is no GPU
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=4),
    dist_cfg=dict(backend='nccl'),
)

log_level = 'INFO'
log_processor = dict(type='LogProcessor', window_size=100, by_epoch=False)

load_from = None
resume = False

# More places to log to: dict(type='TensorboardVisBackend'), 'WandbVisBackend', 'MLflowVisBackend'
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(
    type='ConcatImageVisualizer', vis_backends=vis_backends, fn_key='gt_path', img_keys=['img', 'pred', 'gt']
)
custom_hooks = [dict(type='BasicVisualizationHook', interval=1)]
