"""Everything but model, data and schedule, as a config of MMagic's puts it."""
# ruff: noqa: C408

default_scope = 'mmagic'
save_dir = './work_dirs'

default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=100),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(
        type='CheckpointHook',
        by_epoch=False,
        interval=5000,
        max_keep_ckpts=10,
        out_dir=save_dir,
        rule='greater',
        save_best='PSNR',
    ),
    sampler_seed=dict(type='DistSamplerSeedHook'),
)
env_cfg = dict(
    cudnn_benchmark=False,
    dist_cfg=dict(backend='nccl'),
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=4),
)
log_level = 'INFO'
log_processor = dict(type='LogProcessor', by_epoch=False, window_size=100)
load_from = None
resume = False

vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(
    type='ConcatImageVisualizer',
    bgr2rgb=True,
    fn_key='gt_path',
    img_keys=['gt_img', 'input', 'pred_img'],
    vis_backends=vis_backends,
)
custom_hooks = [dict(type='BasicVisualizationHook', interval=1)]
