import copy

import pytest
import torch

from srcnn import InputError
from srcnn.registry import MODELS

CONFIG = {'generator': {'type': 'SRCNNNet', 'upscale_factor': 2}, 'pixel_loss': {'type': 'L1Loss'}}


def build(**changes):
    return MODELS.build({'type': 'SuperResolver', **CONFIG, **changes})


@pytest.fixture
def batch():
    torch.manual_seed(0)
    gt = [torch.randint(0, 256, (3, 16, 16), dtype=torch.uint8) for _ in range(2)]
    return {
        'inputs': [g[:, ::2, ::2] for g in gt],
        'data_samples': {'gt': gt, 'key': ['a', 'b'], 'gt_path': ['A', 'B']},
    }


def test_loss_is_the_loss(batch):
    model = build()
    data = model.data_preprocessor(batch, training=True)
    loss = model(**data, mode='loss')['loss']
    target = torch.stack(batch['data_samples']['gt']) / 255
    torch.testing.assert_close(loss, (model.generator(data['inputs']) - target).abs().mean())


def test_predictions_carry_their_samples(batch):
    predictions = build().val_step(batch)
    assert [p['key'] for p in predictions] == ['a', 'b']
    assert predictions[1]['pred'].shape == (3, 16, 16)
    assert predictions[1]['gt'] is batch['data_samples']['gt'][1]
    assert predictions[0]['img'].dtype == torch.uint8
    assert 0 <= predictions[0]['pred'].min() <= predictions[0]['pred'].max() <= 255


def test_mmagics_name_is_ours():
    assert type(MODELS.build({'type': 'BaseEditModel', **CONFIG})) is type(build())


def test_only_the_network_is_in_a_checkpoint():
    assert {name.split('.')[0] for name in build().state_dict()} == {'generator'}


def test_dead_keys_warn_and_others_are_errors():
    with pytest.warns(UserWarning, match='crop_border'):
        build(test_cfg={'metrics': ['PSNR'], 'crop_border': 4})
    with pytest.raises(InputError, match='crop_boarder'):
        build(test_cfg={'crop_boarder': 4})
    with pytest.raises(InputError, match='train_cfg'):
        build(train_cfg={'fix_iter': 5})


def test_wrong_scale_names_the_file_and_the_key(batch):
    model = build(generator={'type': 'SRCNNNet', 'upscale_factor': 4})
    with pytest.raises(InputError, match=r'example A.*upscale_factor'):
        model(**model.data_preprocessor(batch, training=True), mode='loss')


def test_training_needs_a_loss(batch):
    model = build(pixel_loss=None)
    with pytest.raises(InputError, match='pixel_loss'):
        model(**model.data_preprocessor(batch, training=True), mode='loss')


def test_unknown_mode():
    with pytest.raises(InputError, match='train'):
        build()(torch.zeros(1, 3, 4, 4), mode='train')


def loss_and_gradients(model, batch):
    loss = model(**model.data_preprocessor(batch, training=True), mode='loss')['loss']
    return loss.detach(), torch.autograd.grad(loss, list(model.parameters()))


def test_the_memory_format_changes_only_rounding(batch):
    first, last = build(channels_last=False), build(channels_last=True)
    last.load_state_dict(first.state_dict())
    assert last.generator.conv1.weight.is_contiguous(memory_format=torch.channels_last)
    for a, b in zip(loss_and_gradients(first, batch), loss_and_gradients(last, batch)):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_compiling_changes_only_rounding_and_only_in_training(batch):
    model = build()
    expected = loss_and_gradients(model, batch)
    model.compile_training({'backend': 'aot_eager'})
    for a, b in zip(expected, loss_and_gradients(model, batch)):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)
    assert {name.split('.')[0] for name in model.state_dict()} == {'generator'}
    model.val_step(batch)  # in sizes of any picture, by the network as it is


def test_tiles_change_nothing(batch):
    whole, tiled = (build(test_cfg=cfg) for cfg in (None, {'tile': 3}))
    tiled.load_state_dict(whole.state_dict(), strict=True)
    for expected, found in zip(whole.val_step(batch), copy.deepcopy(tiled).val_step(batch)):
        assert torch.equal(found['pred'], expected['pred'])
    with pytest.raises(InputError, match='tile=-3'):
        build(test_cfg={'tile': -3})
