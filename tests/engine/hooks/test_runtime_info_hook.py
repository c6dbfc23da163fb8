import pytest

from srcnn.engine import Runner
from srcnn.engine.hooks import runtime_info_hook


@pytest.mark.parametrize(('log_processor', 'kept'), [
    ({'window_size': 2}, 3),
    ({'window_size': 5}, 5),
    ({'window_size': 2, 'custom_cfg': [{'data_src': 'loss', 'method_name': 'mean', 'window_size': 'global'}]}, 7),
])  # fmt: skip
def test_no_more_is_kept_than_is_looked_back_at(tiny, monkeypatch, log_processor, kept):
    monkeypatch.setattr(runtime_info_hook, 'SHORTEST', 3)
    cfg = tiny(max_iters=7, log_processor={'type': 'LogProcessor', 'by_epoch': False, **log_processor})
    runner = Runner.from_cfg(cfg)
    runner.train()
    histories = runner.message_hub.log_scalars
    assert {len(histories[f'train/{key}'].data[0]) for key in ('loss', 'lr', 'time')} == {kept}
