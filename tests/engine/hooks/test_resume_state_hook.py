from srcnn.engine import Runner
from srcnn.engine.checkpoint import read_checkpoint


def test_checkpoints_say_where_the_run_stands(tiny, tmp_path):
    Runner.from_cfg(tiny()).train()
    for number in (2, 4):
        state = read_checkpoint(str(tmp_path / 'run' / f'iter_{number}.pth'))['resume_state']
        assert state['iter'] == number
        assert state['drawn'] == number * 2
        assert state['samples_per_iter'] == 2
        assert state['random'][0].keys() == {'python', 'numpy', 'torch', 'cuda'}
