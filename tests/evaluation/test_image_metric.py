import json
import logging
import pickle

import pytest
import torch
from mmengine.evaluator import Evaluator
from mmengine.logging import MMLogger
from torch import Tensor

from srcnn.errors import InputError
from srcnn.evaluation import MAE, PSNR, SSIM
from srcnn.image.io import read_image
from srcnn.models.networks import SRCNNNet
from srcnn.registry import METRICS


def sample(key: str, pred: Tensor, gt: Tensor) -> dict:
    return {'key': key, 'gt_path': f'gt/{key}.png', 'pred': pred, 'gt': gt}


@pytest.mark.parametrize('name', ['PSNR', 'SSIM', 'MAE'])
def test_builds_by_name(name):
    metric = METRICS.build(
        {'type': name, 'crop_border': 4, 'prefix': 'Set5', 'gt_key': 'gt_img', 'pred_key': 'pred_img'}
    )
    assert metric.full_name == f'Set5/{name}'
    assert metric.describe() == 'RGB, 4 px border cropped, rounded to 8 bit'
    assert (metric.gt_key, metric.pred_key) == ('gt', 'pred')


def test_no_prefix_no_warning():
    records: list[logging.LogRecord] = []
    logger = MMLogger.get_current_instance()
    handler = logging.Handler()
    handler.emit = records.append  # type: ignore[method-assign]
    logger.addHandler(handler)
    metric = PSNR()
    logger.removeHandler(handler)
    assert metric.prefix is None
    assert not records


def test_one_evaluator_holds_several(pair):
    pred, gt = pair
    metrics = [PSNR(prefix='Set5'), SSIM(prefix='Set5'), SSIM(prefix='Set5', convert_to='B', name='SSIM_B')]
    evaluator = Evaluator(metrics)
    evaluator.process([sample('a', pred, gt), sample('b', pred.flip(0), gt)])
    evaluator.process([sample('a', gt * 0.9, gt)])
    scores = evaluator.evaluate(3)
    assert list(scores) == [metric.full_name for metric in metrics] == ['Set5/PSNR', 'Set5/SSIM', 'Set5/SSIM_B']
    for metric in metrics:
        assert [key for key, _ in metric.per_image] == ['a', 'b', 'a']
        assert scores[metric.full_name] == pytest.approx(sum(value for _, value in metric.per_image) / 3)
    blue = SSIM(rounding=True).score(pred[2:], gt[2:])
    assert metrics[2].per_image[0][1] == blue
    assert evaluator.metrics[0].results == []


def test_the_mean_does_not_depend_on_the_order():
    values = [1e16, 1.0, -1e16, 0.1, 0.2, 0.3]
    results = pickle.loads(pickle.dumps([(str(i), value) for i, value in enumerate(values)]))
    assert PSNR().compute_metrics(results) == PSNR().compute_metrics(results[::-1])


def test_describes_the_images_it_saw(pair):
    metric = PSNR(convert_to=None)
    metric.process(None, [sample('a', *(image[:1] for image in pair))])
    assert metric.describe().startswith('gray,')


@pytest.mark.parametrize(
    ('shape', 'cause'),
    [((3, 45, 55), 'upscale_factor'), ((1, 90, 110), 'to_y_channel'), ((3, 90, 109), 'upscale_factor')],
)
def test_different_shapes_are_explained(pair, shape, cause):
    with pytest.raises(InputError) as error:
        PSNR(prefix='Set5').process(None, [sample('a', torch.zeros(shape), pair[1])])
    for part in ('Set5/PSNR', 'gt/a.png', str(shape), '(3, 90, 110)', cause):
        assert part in str(error.value)


def test_errors_name_metric_and_file(pair):
    pred, gt = pair
    with pytest.raises(InputError, match=r'SSIM: gt/a.png: SSIM needs at least 11x11'):
        SSIM(crop_border=40).process(None, [sample('a', pred, gt)])
    with pytest.raises(InputError, match=r"PSNR: a: the sample holds no 'gt'"):
        PSNR().process(None, [{'key': 'a', 'pred': pred}])
    with pytest.raises(InputError, match=r"Set5/PSNR: convert_to='y'"):
        PSNR(prefix='Set5', convert_to='y')
    with pytest.raises(InputError, match='input_order'):
        PSNR(input_order='HWC')
    with pytest.raises(InputError, match='no image'):
        MAE().evaluate(0)


@pytest.mark.parametrize('name', ['astronaut', 'chelsea'])
def test_agrees_with_mmagic(shared, name):
    """Scores that MMagic gave for the same network and pictures; it does not round."""
    folder = shared / 'fixtures/mmagic_metrics'
    lr, gt = (torch.from_numpy(read_image(folder / kind / f'{name}.png')).permute(2, 0, 1) for kind in ('LR', 'HR'))
    weights = torch.load(folder / 'srcnn_warm.pth', weights_only=True)['state_dict']
    net = SRCNNNet()
    net.load_state_dict({key.removeprefix('generator.'): value for key, value in weights.items()})
    with torch.no_grad():
        pred = (net(lr[None].float() / 255)[0] * 255).clamp(0, 255)

    values = json.loads((folder / 'values.json').read_text())['srcnn_warm'][name]
    for colour, border in (('RGB', 4), ('Y', 4), ('RGB', 0), ('Y', 0)):
        protocol = {'convert_to': None if colour == 'RGB' else colour, 'crop_border': border, 'rounding': False}
        assert PSNR(**protocol).score(pred, gt) == pytest.approx(values[f'{colour}_c{border}/PSNR'], abs=1e-4)
        assert SSIM(**protocol).score(pred, gt) == pytest.approx(values[f'{colour}_c{border}/SSIM'], abs=1e-5)
    assert MAE(rounding=False).score(pred, gt) == pytest.approx(values['RGB/MAE'], abs=1e-5)
