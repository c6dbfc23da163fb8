import pytest

from srcnn.engine.loops.multi_loop import LoaderChain, _evaluator_list


@pytest.mark.parametrize(
    ('written', 'count'),
    [
        ({'type': 'PSNR'}, 1),
        ({'metrics': [{'type': 'PSNR'}]}, 1),
        ([{'type': 'PSNR'}, {'type': 'SSIM'}], 1),
        ([{'metrics': []}, {'metrics': []}], 2),
        ([[{'type': 'PSNR'}], [{'type': 'PSNR'}], [{'type': 'MAE'}]], 3),
    ],
)
def test_every_way_of_writing_evaluators(written, count):
    evaluators = _evaluator_list(written)
    assert len(evaluators) == count
    if count == 1:
        assert evaluators == [written]


def test_loaders_end_to_end():
    chain = LoaderChain([[1, 2], [3]])
    assert list(chain) == list(chain) == [1, 2, 3]
    assert len(chain) == 3
