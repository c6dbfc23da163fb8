import pytest

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
        ('trian_cfg', {}, "trian_cfg: unknown key on the top level.*'train_cfg'"),
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
    cfg = tiny()
    del cfg.train_dataloader.dataset.pipeline[3].gt_patch_size
    with pytest.raises(InputError, match="'gt_patch_size' is missing; PairedRandomCrop"):
        check_config(cfg)


@pytest.mark.parametrize('key', ['model', 'train_dataloader', 'optim_wrapper', 'val_evaluator', 'test_cfg'])
def test_what_belongs_together(tiny, key):
    with pytest.raises(InputError, match=f'{key} is missing from the config'):
        check_config(tiny(**{key: None}))


def test_own_variables_are_free(tiny):
    check_config(tiny(set5_dataloader={}, scale=4, train_pipeline=[], my_modle=3))
