"""Three test sets with an evaluator each, as a config of MMagic's lists them."""
# ruff: noqa: C408

read_pair = [
    dict(type='LoadImageFromFile', key=key, color_type='color', channel_order='rgb', imdecode_backend='cv2')
    for key in ('img', 'gt')
]
test_pipeline = [*read_pair, dict(type='PackInputs')]
common = dict(num_workers=4, persistent_workers=False, drop_last=False)


def loader(name, folder, **where):
    return dict(
        **common,
        sampler=dict(type='DefaultSampler', shuffle=False),
        dataset=dict(
            type='BasicImageDataset',
            metainfo=dict(dataset_type=name, task_name='sisr'),
            data_root=f'data/{folder}',
            pipeline=test_pipeline,
            **where,
        ),
    )


def evaluator(name):
    return dict(type='Evaluator', metrics=[dict(type=kind, crop_border=4, prefix=name) for kind in ('PSNR', 'SSIM')])


benchmark = dict(data_prefix=dict(img='LRbicx4', gt='GTmod12'))
sub_images = dict(
    ann_file='meta_info_DIV2K100sub_GT.txt',
    data_prefix=dict(img='DIV2K_train_LR_bicubic/X4_sub', gt='DIV2K_train_HR_sub'),
)
test_cfg = dict(type='MultiTestLoop')
test_dataloader = [
    loader('set5', 'Set5', **benchmark),
    loader('set14', 'Set14', **benchmark),
    loader('div2k', 'DIV2K', **sub_images),
]
test_evaluator = [evaluator('Set5'), evaluator('Set14'), evaluator('DIV2K')]
del loader, evaluator
