"""MMagic's recipe for SRCNN x4 (9-1-5, RGB) on data that is easily had: T91, General-100, BSDS200, own photographs.

For those who do not have DIV2K. It has not been trained to the end here, so no score is claimed.

Train: python tools/train.py configs/srcnn/srcnn_x4k915_1xb16-1000k_photos.py
Test:  python tools/test.py configs/srcnn/srcnn_x4k915_1xb16-1000k_photos.py CHECKPOINT-OR-URL
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_rgb.py',
    '../_base_/datasets/photos_x4.py',
    '../_base_/datasets/sisr_x4_test.py',
    '../_base_/schedules/adam_cosine_1000k.py',
]

experiment_name = 'srcnn_x4k915_1xb16-1000k_photos'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(upscale_factor=4))
