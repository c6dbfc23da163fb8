"""SRCNN 9-5-5 on Y x2, 57,184 weights, as in the paper (Dong et al., TPAMI 2015).

Expected by the paper's protocol (Y, 2 border pixels cropped, rounded to 8 bit), PSNR / SSIM:

    the paper, ImageNet: Set5 36.66 / 0.9542, Set14 32.45 / 0.9067

Test: python tools/test.py configs/srcnn/srcnn_x2k955_y.py CHECKPOINT
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_y.py',
    '../_base_/datasets/paper_y_x2_test.py',
]

experiment_name = 'srcnn_x2k955_y'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(kernel_sizes=(9, 5, 5)))
