import pytest

from srcnn import InputError
from srcnn.engine import Runner


def names(folder) -> set[str]:
    return {path.name for path in folder.glob('*.pth')}


def run(cfg) -> Runner:
    runner = Runner.from_cfg(cfg)
    runner.train()
    return runner


def test_keeps_the_newest_and_the_best(tiny, tmp_path):
    run(tiny(max_iters=8, **{'default_hooks.checkpoint.max_keep_ckpts': 2}))
    kept = names(tmp_path / 'run')
    assert {name for name in kept if name.startswith('iter')} == {'iter_6.pth', 'iter_8.pth'}
    assert sum(name.startswith('best') for name in kept) == 1
    assert (tmp_path / 'run' / 'last_checkpoint').read_text().endswith('iter_8.pth')


def failing(monkeypatch, *fragments):
    """Let writing a checkpoint fail if its name has one of the fragments, half-way."""
    import mmengine.runner.runner as upstream

    write = upstream.save_checkpoint

    def save(checkpoint, path, *args, **kwargs):
        if any(fragment in path for fragment in fragments):
            with open(path, 'wb') as file:
                file.write(b'half')
            raise OSError(28, 'No space left on device')
        write(checkpoint, path, *args, **kwargs)

    monkeypatch.setattr(upstream, 'save_checkpoint', save)


def test_a_full_disk_costs_no_earlier_file(tiny, tmp_path, monkeypatch):
    failing(monkeypatch, 'iter_4', 'iter_6')
    cfg = tiny(
        max_iters=6, **{'default_hooks.checkpoint.max_keep_ckpts': 1, 'default_hooks.checkpoint.save_best': None}
    )
    run(cfg)
    assert names(tmp_path / 'run') == {'iter_2.pth'}
    assert (tmp_path / 'run' / 'last_checkpoint').read_text().endswith('iter_2.pth')
    assert (
        'iter_4.pth: this checkpoint cannot be written (No space'
        in next((tmp_path / 'run').glob('*/*.log')).read_text()
    )
    assert not list((tmp_path / 'run').glob('.*.part'))


def test_or_the_run_stops_by_policy(tiny, tmp_path, monkeypatch):
    failing(monkeypatch, 'iter_4')
    with pytest.raises(InputError, match=r'iter_4\.pth.*No space.*--resume'):
        run(tiny(**{'default_hooks.checkpoint.on_error': 'stop'}))
    assert 'iter_2.pth' in names(tmp_path / 'run')


def test_unknown_policy(tiny):
    with pytest.raises(InputError, match='on_error'):
        Runner.from_cfg(tiny(**{'default_hooks.checkpoint.on_error': 'ignore'}))


def test_goes_on_from_the_last_good_one(tiny, tmp_path):
    run(tiny())
    (tmp_path / 'run' / 'iter_4.pth').write_bytes(b'damaged')
    runner = run(tiny(resume=True, max_iters=6))
    assert runner.iter == 6
    logs = ''.join(path.read_text() for path in (tmp_path / 'run').glob('*/*.log'))
    assert 'Not resumed from this one' in logs
    assert f'Resuming from {tmp_path / "run" / "iter_2.pth"}' in logs
