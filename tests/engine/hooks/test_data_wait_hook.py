import time

import pytest
from mmengine.dataset import pseudo_collate
from torch.utils.data import DataLoader, TensorDataset

from srcnn.engine import Runner
from srcnn.engine.hooks import data_wait_hook
from srcnn.engine.hooks.data_wait_hook import advice
from srcnn.registry import DATASETS

HOOK = {'type': 'DataWaitHook', 'window': 2}


def slow(batch):
    time.sleep(0.2)
    return pseudo_collate(batch)


@pytest.mark.parametrize(
    ('changes', 'share', 'warns'), [({}, 1, False), ({'train_dataloader.collate_fn': slow}, 0.2, True)]
)
def test_warns_once_when_data_are_slow(tiny, tmp_path, changes, share, warns):
    Runner.from_cfg(tiny(max_iters=6, val_interval=10, custom_hooks=[{**HOOK, 'share': share}], **changes)).train()
    log = next((tmp_path / 'run').glob('*/*.log')).read_text()
    assert log.count('Training waits for data') == warns
    assert ('cache=True' in log) == warns


def test_advice_goes_by_what_is_there(tiny, monkeypatch, tmp_path):
    node = {**tiny().train_dataloader.dataset, '_scope_': 'srcnn'}
    monkeypatch.setattr(data_wait_hook, 'available_cores', lambda: 4)
    assert 'cache=True' in advice(DataLoader(DATASETS.build(node)))
    cached = DATASETS.build({**node, 'cache': str(tmp_path / 'cache')})
    assert 'num_workers (now 0)' in advice(DataLoader(cached))
    assert 'ResidentTrainLoop' in advice(DataLoader(TensorDataset(), num_workers=4))
