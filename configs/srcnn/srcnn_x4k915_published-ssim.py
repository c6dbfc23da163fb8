"""The published SSIM of MMagic's SRCNN x4: 0.8099 on Set5 and 0.7014 on Set14, which is that of the blue channel.

The code that measured it cropped with ``[..., None]``, so that its loop over channels saw one, in BGR order: blue. This
config reports it as ``SSIM_B`` beside PSNR and the RGB SSIM (0.8252 and 0.7086).

Test: python tools/test.py configs/srcnn/srcnn_x4k915_published-ssim.py CHECKPOINT-OR-URL
"""

_base_ = ['./srcnn_x4k915_1xb16-1000k_div2k.py']

test_dataloader = [_base_.set5_dataloader, _base_.set14_dataloader]
test_evaluator = [
    dict(
        type='Evaluator',
        metrics=[
            dict(type='PSNR', crop_border=4, prefix=name),
            dict(type='SSIM', crop_border=4, prefix=name),
            dict(type='SSIM', crop_border=4, convert_to='B', name='SSIM_B', prefix=name),
        ],
    )
    for name in ('Set5', 'Set14')
]
