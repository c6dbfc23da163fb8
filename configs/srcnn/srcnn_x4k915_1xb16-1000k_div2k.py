"""MMagic's SRCNN x4 (Dong et al., TPAMI 2015, 9-1-5, here on RGB): the published table and its recipe.

Expected (RGB, 4 border pixels cropped, rounded to 8 bit, originals cropped to multiples of 4):

    PSNR 28.4316 on Set5, 25.6486 on Set14 (published); RGB SSIM 0.8252, 0.7086 (the published 0.8099, 0.7014 are of the
    blue channel alone, see srcnn_x4k915_published-ssim.py)

Train: python tools/train.py configs/srcnn/srcnn_x4k915_1xb16-1000k_div2k.py
Test:  python tools/test.py configs/srcnn/srcnn_x4k915_1xb16-1000k_div2k.py CHECKPOINT-OR-URL

Those scores were measured here with the published checkpoint. The 1,000,000 iterations were not run again. The recipe
is MMagic's but for where patches come from: whole images, decoded once, in place of sub-images of 480 pixels.
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_rgb.py',
    '../_base_/datasets/div2k_x4.py',
    '../_base_/datasets/sisr_x4_test.py',
    '../_base_/schedules/adam_cosine_1000k.py',
]

experiment_name = 'srcnn_x4k915_1xb16-1000k_div2k'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(upscale_factor=4))
