import errno

import pytest

from srcnn.datasets.storage import file_lock
from srcnn.datasets.storage.file_lock import locked


def test_second_one_waits_until_the_first_is_done(tmp_path, monkeypatch):
    path, waits = tmp_path / 'lock', []
    first = locked(path, waits.clear)
    first.__enter__()
    monkeypatch.setattr(file_lock.time, 'sleep', lambda seconds: first.__exit__(None, None, None))
    with locked(path, lambda: waits.append('waiting')):
        assert waits == ['waiting']
    with locked(path, lambda: waits.append('again')):
        assert waits == ['waiting']


def test_a_file_system_without_locks(tmp_path, monkeypatch):
    def refuse(stream):
        raise OSError(errno.ENOLCK, 'No locks available')

    monkeypatch.setattr(file_lock, '_try_lock', refuse)
    with pytest.raises(OSError, match='No locks'), locked(tmp_path / 'lock', print):
        pass
