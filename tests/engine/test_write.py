import pytest

from srcnn.engine.write import whole_file, write_text


def test_appears_when_complete(tmp_path):
    path = tmp_path / 'a'
    with whole_file(path) as part:
        part.write_text('half')
        assert not path.exists()
    assert path.read_text() == 'half'
    assert [p.name for p in tmp_path.iterdir()] == ['a']


def test_a_failure_leaves_the_old_file(tmp_path):
    path = tmp_path / 'a'
    write_text(path, 'old')

    def fail() -> None:
        with whole_file(path) as part:
            part.write_text('ne')
            raise OSError(28, 'disk full')

    with pytest.raises(OSError, match='full'):
        fail()
    assert path.read_text() == 'old'
    assert len(list(tmp_path.iterdir())) == 1
