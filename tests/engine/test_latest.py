import pytest
import torch

from srcnn.engine.latest import latest_checkpoint, why_not_resumable

GOOD = {'meta': {'iter': 1}, 'message_hub': {}, 'optimizer': {}, 'state_dict': {'w': torch.zeros(1)}}


@pytest.fixture
def folder(tmp_path):
    for number in (5, 10, 100):
        torch.save(GOOD, tmp_path / f'iter_{number}.pth')
    torch.save(GOOD, tmp_path / 'best_PSNR_iter_1000.pth')
    return tmp_path


def test_the_highest_number_wins(folder):
    assert latest_checkpoint(str(folder)) == str(folder / 'iter_100.pth')


def test_a_damaged_one_is_passed_by(folder):
    path = folder / 'iter_100.pth'
    path.write_bytes(path.read_bytes()[:200])
    torch.save({'w': torch.zeros(1)}, folder / 'iter_10.pth')
    assert latest_checkpoint(str(folder)) == str(folder / 'iter_5.pth')


def test_none(tmp_path):
    assert latest_checkpoint(str(tmp_path)) is None


def test_says_what_is_missing(tmp_path):
    torch.save({'state_dict': {'w': torch.zeros(1)}, 'meta': {}}, tmp_path / 'a.pth')
    assert 'message_hub, optimizer' in str(why_not_resumable(str(tmp_path / 'a.pth')))
