"""SRCNN x4 (9-1-5, RGB) on a folder of your own pictures, by the recipe of srcnn_x4k915_1xb16-1000k_div2k.py.

Low-resolution images are made on the fly from the pictures in data/mine/HR (training) and data/mine/HR_valid
(validation and test); nothing has to be prepared. No score is claimed: it depends on the pictures.

Check: python tools/dataset_converters/check_pairs.py --gt data/mine/HR --against data/mine/HR_valid
Train: python tools/train.py configs/srcnn/srcnn_x4k915_1xb16-1000k_hr-only.py
Test:  python tools/test.py configs/srcnn/srcnn_x4k915_1xb16-1000k_hr-only.py CHECKPOINT
"""

_base_ = [
    '../_base_/default_runtime.py',
    '../_base_/models/srcnn_rgb.py',
    '../_base_/datasets/hr_only_x4.py',
    '../_base_/schedules/adam_cosine_1000k.py',
]

experiment_name = 'srcnn_x4k915_1xb16-1000k_hr-only'
work_dir = f'./work_dirs/{experiment_name}'

model = dict(generator=dict(upscale_factor=4))
