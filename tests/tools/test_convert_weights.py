import pytest
import torch

from srcnn.apis.recognise import model_of
from srcnn.engine.checkpoint import read_checkpoint, weights_of

TOOL = 'model_converters/convert_weights.py'


@pytest.mark.parametrize('steps', [['a.mat'], ['a.pth', 'b.mat'], ['a.safetensors', 'b.pth', 'c.mat']])
def test_there_and_back(shared, tmp_path, call, steps):
    first = source = shared / 'checkpoints' / 'matlab_9-1-5_x3.mat'
    for name in steps:
        done = call(TOOL, source, tmp_path / name)
        assert done.errors == []
        assert '8,129 numbers in 6 tensors' in done.out  # 8,032 weights and 97 biases
        source = tmp_path / name
    before, after = (weights_of(read_checkpoint(str(path))) for path in (first, source))
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


@pytest.mark.parametrize('name', ['a.pth', 'a.safetensors'])
def test_our_files_say_that_borders_are_replicated(shared, tmp_path, call, name):
    assert call(TOOL, shared / 'checkpoints' / 'matlab_9-1-5_x3.mat', tmp_path / name).status == 0
    model = model_of(read_checkpoint(str(tmp_path / name)), name, scale=3)
    assert model.scale == 3
    assert model.generator.network.conv1.padding_mode == 'replicate'


@pytest.mark.parametrize(
    ('layout', 'container', 'first'),
    [
        ('mmagic', 'state_dict', 'generator.conv1.weight'),
        ('plain', None, 'conv1.weight'),
        ('basicsr', 'params', 'conv1.weight'),
    ],
)
def test_layouts(shared, tmp_path, call, layout, container, first):
    source = next((shared / 'checkpoints').glob('srcnn_x4k915*.pth'))
    assert call(TOOL, source, tmp_path / 'a.pth', '--to', layout).errors == []
    content = torch.load(tmp_path / 'a.pth', weights_only=True)
    assert next(iter(content[container] if container else content)) == first


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [(['a.bin'], 'must end in'), (['a.mat', '--to', 'plain'], 'not in a .mat file'), (['a.mat'], 'for one channel')],
)
def test_what_makes_no_sense(tmp_path, call, arguments, message):
    torch.save(
        {f'conv{i}.{kind}': torch.zeros(3, 3, 5, 5) for i in (1, 2, 3) for kind in ('weight', 'bias')},
        tmp_path / 'in.pth',
    )
    done = call(TOOL, tmp_path / 'in.pth', tmp_path / arguments[0], *arguments[1:])
    assert done.status == 1
    assert message in done.errors[0]
    assert [path.name for path in tmp_path.iterdir()] == ['in.pth']
