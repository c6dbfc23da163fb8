"""SRCNN 9-1-5 on Y x3, 8,032 weights, as in the paper (Dong et al., TPAMI 2015).

Expected by the paper's protocol (Y, 3 border pixels cropped, rounded to 8 bit), PSNR / SSIM:

    the paper, 91 images: Set5 32.39; ImageNet: Set5 32.52
    the authors' layout, retrained 2016 (matlab_9-1-5_x3.mat), measured: Set5 32.4216 / 0.9047, Set14 29.1141 / 0.8156

Test: python tools/test.py configs/srcnn/srcnn_x3k915_y.py CHECKPOINT
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_y.py',
    '../_base_/datasets/paper_y_x3_test.py',
]

experiment_name = 'srcnn_x3k915_y'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(kernel_sizes=(9, 1, 5)))
