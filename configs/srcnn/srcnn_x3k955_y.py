"""SRCNN 9-5-5 on Y x3, 57,184 weights, as in the paper (Dong et al., TPAMI 2015).

Expected by the paper's protocol (Y, 3 border pixels cropped, rounded to 8 bit), PSNR / SSIM:

    the paper, ImageNet: Set5 32.75 / 0.9090, Set14 29.30 / 0.8215
    the authors' layout, retrained 2016 (matlab_9-5-5_x3.mat), measured: Set5 32.5016 / 0.9053, Set14 29.1469 / 0.8178
    yjn870_srcnn_x3.pth (model.generator.padding_mode=zeros), measured: Set5 32.6807 / 0.9087, Set14 29.2620 / 0.8200

Test: python tools/test.py configs/srcnn/srcnn_x3k955_y.py CHECKPOINT
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_y.py',
    '../_base_/datasets/paper_y_x3_test.py',
]

experiment_name = 'srcnn_x3k955_y'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(kernel_sizes=(9, 5, 5)))
