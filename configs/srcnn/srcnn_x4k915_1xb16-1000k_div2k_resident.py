"""The recipe of srcnn_x4k915_1xb16-1000k_div2k.py without a data loader: all images (7 GB) in the memory of the GPU.

On a GPU without that room, and on the CPU, they stay on the host; see "Images at hand" in
docs/en/user_guides/train_test.md.

Train: python tools/train.py configs/srcnn/srcnn_x4k915_1xb16-1000k_div2k_resident.py [--amp]
Time:  python tools/benchmarks/resident.py configs/srcnn/srcnn_x4k915_1xb16-1000k_div2k_resident.py [--amp]

Images come in the same order as with the other config, and patches are drawn from the same distribution, but they are
not the same patches. It has not been trained to the end here, so no score is claimed.
"""

_base_ = './srcnn_x4k915_1xb16-1000k_div2k.py'

experiment_name = 'srcnn_x4k915_1xb16-1000k_div2k_resident'
work_dir = f'./work_dirs/{experiment_name}'

train_cfg = dict(type='ResidentTrainLoop')
env_cfg = dict(cudnn_benchmark=True)  # patches are all of one size
