import pytest

from srcnn import InputError
from srcnn.engine import Runner

PSNR = {'type': 'PSNR', 'crop_border': 4}


def two_sets(tiny, *evaluators, **changes):
    """Validate on the pairs twice, each time with an evaluator of its own."""
    cfg = tiny(val_evaluator=list(evaluators), **changes)
    cfg.val_dataloader = [cfg.val_dataloader, cfg.val_dataloader]
    return cfg


def named(prefix: str) -> dict:
    return {'metrics': [{**PSNR, 'prefix': prefix}]}


def test_each_set_has_its_scores_and_the_best_checkpoint_goes_by_one(tiny, tmp_path):
    cfg = two_sets(tiny, named('A'), named('B'), **{'default_hooks.checkpoint.save_best': 'B/PSNR'})
    runner = Runner.from_cfg(cfg)
    runner.train()
    scores = runner.val_loop.run()
    assert scores.keys() == {'A/PSNR', 'B/PSNR'}
    assert scores['A/PSNR'] == scores['B/PSNR']
    assert len(list((tmp_path / 'run').glob('best_B_PSNR_iter_*.pth'))) == 1


def test_one_evaluator_for_two_sets(tiny):
    with pytest.raises(InputError, match='val_dataloader lists 2 data sets and val_evaluator 1'):
        Runner.from_cfg(two_sets(tiny, PSNR)).train()


def test_one_name_for_two_scores(tiny):
    with pytest.raises(InputError, match=r"\['A/PSNR'\] would be reported more than once.*prefix='Set5'"):
        Runner.from_cfg(two_sets(tiny, named('A'), named('A'))).train()


def test_missing_data_ends_the_run_before_it_begins(tiny, tmp_path):
    cfg = tiny(**{'val_dataloader.dataset.data_root': str(tmp_path / 'nowhere')})
    with pytest.raises(InputError, match='nowhere'):
        Runner.from_cfg(cfg).train()
    assert not list((tmp_path / 'run').glob('*.pth'))


@pytest.mark.parametrize('chosen', ['PSNR', ['A/PSNR', 'A/SSIM']])
def test_a_best_checkpoint_by_a_score_that_nobody_measures(tiny, chosen):
    cfg = tiny(val_evaluator=[named('A')], **{'default_hooks.checkpoint.save_best': chosen})
    with pytest.raises(InputError, match=r"default_hooks\.checkpoint\.save_best.*'A/PSNR'"):
        Runner.from_cfg(cfg).train()
