import json

from mmengine.logging import MMLogger


def test_times_files_and_cache(call, write, tmp_path, monkeypatch):
    monkeypatch.setattr(MMLogger, '_instance_dict', {})  # loggers keep the console of earlier tests
    done = call('benchmarks/load_sample.py', write(), '--cache', tmp_path / 'cache', '--files', 5, '--cached', 50)
    assert done.status == 0
    figures = json.loads(done.out.splitlines()[-1].removeprefix('RESULT '))
    assert figures['files_ms'] > figures['cache_ms'] > 0
    assert len(list((tmp_path / 'cache').rglob('*.pack'))) == 2
