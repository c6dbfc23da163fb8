"""SRCNN 9-3-5 on Y x3, 24,416 weights, as in the paper (Dong et al., TPAMI 2015).

Expected by the paper's protocol (Y, 3 border pixels cropped, rounded to 8 bit), PSNR / SSIM:

    the paper, ImageNet: Set5 32.66

Test: python tools/test.py configs/srcnn/srcnn_x3k935_y.py CHECKPOINT
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_y.py',
    '../_base_/datasets/paper_y_x3_test.py',
]

experiment_name = 'srcnn_x3k935_y'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(kernel_sizes=(9, 3, 5)))
