"""SRCNN 9-1-5 on RGB, 20,099 parameters, as in MMagic. The leaf config sets generator.upscale_factor."""

model = dict(
    type='SuperResolver',
    generator=dict(type='SRCNNNet', channels=(3, 64, 32, 3), kernel_sizes=(9, 1, 5)),
    pixel_loss=dict(type='L1Loss', loss_weight=1.0, reduction='mean'),
    data_preprocessor=dict(type='DataPreprocessor', mean=[0.0, 0.0, 0.0], std=[255.0, 255.0, 255.0]),
)
