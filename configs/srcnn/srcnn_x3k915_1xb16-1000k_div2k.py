"""SRCNN 9-1-5 on RGB at x3 by the recipe of srcnn_x4k915_1xb16-1000k_div2k.py (Dong et al., TPAMI 2015).

No published score exists for this setting, and it has not been trained to the end here: no number is claimed.

Train: python tools/train.py configs/srcnn/srcnn_x3k915_1xb16-1000k_div2k.py
Test:  python tools/test.py configs/srcnn/srcnn_x3k915_1xb16-1000k_div2k.py CHECKPOINT-OR-URL
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_rgb.py',
    '../_base_/datasets/div2k_x3.py',
    '../_base_/datasets/sisr_x3_test.py',
    '../_base_/schedules/adam_cosine_1000k.py',
]

experiment_name = 'srcnn_x3k915_1xb16-1000k_div2k'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(upscale_factor=3))
