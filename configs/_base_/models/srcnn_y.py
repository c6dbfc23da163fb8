"""SRCNN of the paper: one channel (Y), enlarged before it comes; borders replicated, as the authors' test code does.

The leaf config sets generator.kernel_sizes: 9-1-5 has 8,032 weights, 9-3-5 24,416, 9-5-5 57,184 (and 97 biases).
"""

model = dict(
    type='SuperResolver',
    generator=dict(
        type='SRCNNNet', channels=(1, 64, 32, 1), kernel_sizes=(9, 5, 5), upscale_factor=1, padding_mode='replicate'
    ),
    pixel_loss=dict(type='MSELoss'),
    data_preprocessor=dict(type='DataPreprocessor', mean=0.0, std=255.0),
)
