import os
import signal

import pytest
from mmengine.hooks import Hook

from srcnn.engine import Runner
from srcnn.engine.hooks.stop_signal_hook import EXIT_STOPPED


class Sender(Hook):
    """Sends this process a signal in the given phase, at iteration 3."""

    def __init__(self, number: int, phase: str) -> None:
        self.number, self.phase = number, phase

    def before_train_iter(self, runner, batch_idx, data_batch=None):
        if self.phase == 'train' and runner.iter == 2:
            os.kill(os.getpid(), self.number)

    def before_val_iter(self, runner, batch_idx, data_batch=None):
        if self.phase == 'val' and runner.iter == 4:
            os.kill(os.getpid(), self.number)

    def before_save_checkpoint(self, runner, checkpoint):
        if self.phase == 'save' and checkpoint['meta']['iter'] == 4:
            os.kill(os.getpid(), self.number)


@pytest.mark.parametrize(
    ('number', 'phase', 'saved'),
    [
        (signal.SIGTERM, 'train', 3),
        (signal.SIGINT, 'train', 3),
        (signal.SIGUSR1, 'train', 3),
        (signal.SIGTERM, 'val', 4),
        (signal.SIGTERM, 'save', 4),
    ],
)
def test_saves_says_so_and_ends_with_its_own_status(tiny, tmp_path, number, phase, saved):
    before = signal.getsignal(number)
    runner = Runner.from_cfg(tiny(max_iters=8))
    runner.register_hook(Sender(number, phase))
    with pytest.raises(SystemExit) as end:
        runner.train()
    assert end.value.code == EXIT_STOPPED
    assert signal.getsignal(number) == before
    log = next((tmp_path / 'run').glob('*/*.log')).read_text()
    assert f'{signal.Signals(number).name}: saved at iteration {saved}' in log
    resumed = Runner.from_cfg(tiny(max_iters=8, resume=True))
    resumed.train()
    assert len(resumed.message_hub.get_scalar('train/loss').data[0]) == 8


@pytest.mark.parametrize('number', [signal.SIGTERM, signal.SIGINT])
def test_before_the_first_iteration_it_ends_at_once_and_says_so(tiny, tmp_path, monkeypatch, number):
    before = signal.getsignal(number)
    runner = Runner.from_cfg(tiny())
    monkeypatch.setattr(runner, 'build_param_scheduler', lambda cfg: os.kill(os.getpid(), number))
    with pytest.raises(SystemExit) as end:
        runner.train()
    assert end.value.code == EXIT_STOPPED
    assert signal.getsignal(number) == before
    log = next((tmp_path / 'run').glob('*/*.log')).read_text()
    assert f'{signal.Signals(number).name}: stopped before the first iteration; give the same command again' in log
    assert not list((tmp_path / 'run').glob('*.pth'))
