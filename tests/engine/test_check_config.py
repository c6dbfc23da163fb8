import pytest
from mmengine.config import Config

from srcnn import InputError
from srcnn.engine.check_config import check_config


def test_a_good_config_passes(tiny):
    check_config(tiny())


@pytest.mark.parametrize(
    ('key', 'value', 'message'),
    [
        ('model.generator.upscale_facto', 4, r"model\.generator: unknown key 'upscale_facto'; did you mean 'upscale_f"),
        ('model.generator.type', 'SRCNNet', r"model\.generator\.type='SRCNNet' is unknown; did you mean 'SRCNNNet'"),
        ('model.type', 'StyleGAN', r"model\.type='StyleGAN' is unknown"),
        ('train_dataloader.batchsize', 4, r"train_dataloader: unknown key 'batchsize'; did you mean 'batch_size'"),
        ('train_dataloader.dataset.data_rot', 'x', r"train_dataloader\.dataset: unknown key 'data_rot'"),
        ('train_dataloader.dataset.pipeline.3.gt_patch', 4, r'train_dataloader\.dataset\.pipeline\[3\]: unknown key'),
        ('train_dataloader.dataset.pipeline.0.type', 'LoadImage', r"pipeline\[0\]\.type='LoadImage' is unknown"),
        ('train_dataloader.sampler.type', 'InfinitySampler', "did you mean 'InfiniteSampler'"),
        ('val_evaluator.0.test_y_chanel', True, r"val_evaluator\[0\]: unknown key 'test_y_chanel'"),
        ('test_evaluator.0.metrics.0.crop', 4, r'test_evaluator\[0\]\.metrics\[0\]: unknown key'),
        ('train_cfg.max_iter', 4, "train_cfg: unknown key 'max_iter'; did you mean 'max_iters'"),
        ('optim_wrapper.optimizer.learning_rate', 4, r'optim_wrapper\.optimizer: unknown key'),
        ('optim_wrapper.optimizer.type', 'Adamm', "did you mean 'Adam"),
        ('param_scheduler.period', [1], r"param_scheduler: unknown key 'period'; did you mean 'periods'"),
        ('default_hooks.checkpoint.intervall', 4, r'default_hooks\.checkpoint: unknown key'),
        ('custom_hooks.0.type', 'VisHook', r'custom_hooks\[0\]\.type'),
        ('visualizer.image_keys', [], r"visualizer: unknown key 'image_keys'; did you mean 'img_keys'"),
        ('randomness.sed', 1, "randomness: unknown key 'sed'; did you mean 'seed'"),
        ('env_cfg', {'cudnn_benchmrk': True}, 'env_cfg: unknown key'),
        ('train_dataloder', {}, "train_dataloder: unknown key on the top level.*'train_dataloader'"),
    ],
)
def test_misspellings_are_found_and_placed(tiny, key, value, message):
    with pytest.raises(InputError, match=message):
        check_config(tiny(**{key: value}))


def test_missing_keys(tiny):
    cfg = tiny()
    del cfg.train_dataloader.dataset
    with pytest.raises(InputError, match="train_dataloader: the key 'dataset' is missing"):
        check_config(cfg)
    with pytest.raises(InputError, match="'gt_patch_size' is missing; PairedRandomCrop"):
        crop = {'type': 'PairedRandomCrop'}
        check_config(
            Config({'train_dataloader': {'sampler': {}, 'dataset': {'type': 'BasicImageDataset', 'pipeline': [crop]}}})
        )


def test_own_variables_are_free(tiny):
    check_config(tiny(set5_dataloader={}, scale=4, train_pipeline=[], my_modle=3))
