"""SRCNN 9-5-5 on Y x4, 57,184 weights, as in the paper (Dong et al., TPAMI 2015).

Expected by the paper's protocol (Y, 4 border pixels cropped, rounded to 8 bit), PSNR / SSIM:

    the paper, ImageNet: Set5 30.49 / 0.8628, Set14 27.50 / 0.7513
    yjn870_srcnn_x4.pth (model.generator.padding_mode=zeros), measured: Set5 30.2648 / 0.8595, Set14 27.4423 / 0.7489

Test: python tools/test.py configs/srcnn/srcnn_x4k955_y.py CHECKPOINT
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_y.py',
    '../_base_/datasets/paper_y_x4_test.py',
]

experiment_name = 'srcnn_x4k955_y'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(kernel_sizes=(9, 5, 5)))
