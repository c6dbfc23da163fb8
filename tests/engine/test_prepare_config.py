import pytest
import torch
from mmengine.config import Config

from srcnn import InputError
from srcnn.engine.prepare_config import prepare_config


def test_checkpoints_follow_the_work_dir(tiny, tmp_path):
    cfg = tiny()
    assert prepare_config(cfg).default_hooks.checkpoint.out_dir is None
    assert cfg.default_hooks.checkpoint.out_dir == './elsewhere'  # the config itself is left alone


def test_ddp_on_a_cpu_gets_no_device(tiny, monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    assert prepare_config(tiny(launcher='pytorch')).model_wrapper_cfg.device_ids is None
    assert 'model_wrapper_cfg' not in prepare_config(tiny())


def test_epoch_based_runs_log_by_epoch(tiny):
    assert prepare_config(tiny()).default_hooks.logger.log_metric_by_epoch is False
    cfg = tiny(**{'train_cfg': {'type': 'EpochBasedTrainLoop', 'max_epochs': 1, '_delete_': True}})
    assert 'log_metric_by_epoch' not in prepare_config(cfg).default_hooks.logger


def test_work_dir_is_needed():
    with pytest.raises(InputError, match='work_dir'):
        prepare_config(Config({}))


@pytest.mark.parametrize(('capability', 'warned'), [('AVX2', True), ('AVX512', False)])
def test_mixed_precision_where_the_processor_cannot(tiny, monkeypatch, capability, warned, recwarn):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    monkeypatch.setattr(torch.backends.mps, 'is_available', lambda: False)
    monkeypatch.setattr(torch.backends.cpu, 'get_cpu_capability', lambda: capability)
    prepare_config(tiny(**{'optim_wrapper.type': 'AmpOptimWrapper'}))
    assert any('bfloat16' in str(warning.message) for warning in recwarn) == warned
