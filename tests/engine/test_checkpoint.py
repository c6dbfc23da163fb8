import json
import os
import pickle
import struct
import tarfile
import zipfile

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer
from mmengine.runner import CheckpointLoader

from srcnn import InputError
from srcnn.engine.checkpoint import load_weights, read_checkpoint
from srcnn.models import SuperResolver


@pytest.fixture
def model():
    return SuperResolver(generator={'type': 'SRCNNNet'})


class Attack:
    """Unpickled, it would make a folder."""

    def __init__(self, folder):
        self.folder = str(folder)

    def __reduce__(self):
        return os.mkdir, (self.folder,)


def test_published_checkpoint(shared, model):
    path = str(next((shared / 'checkpoints').glob('srcnn_x4k915*.pth')))
    load_weights(model, read_checkpoint(path), path)
    assert model.generator.conv1.weight.abs().mean() > 1e-3


def test_what_mmengine_saves_comes_back(tmp_path):
    history = HistoryBuffer([1.0, 2.0], [1, 1])
    content = {
        'meta': {'iter': 3, 'config': 'import os', 'score': np.float64(28.4)},
        'state_dict': {'w': torch.ones(2)},
        'message_hub': {'log_scalars': {'loss': history}, 'runtime_info': {'best_score': np.float32(1)}},
    }
    torch.save(content, tmp_path / 'a.pth')
    loaded = read_checkpoint(str(tmp_path / 'a.pth'))
    assert loaded['message_hub']['log_scalars']['loss'].mean() == 1.5
    assert 'config' not in loaded['meta']  # mmengine would execute it
    assert loaded['meta']['score'] == 28.4


@pytest.mark.parametrize('legacy', [False, True])
@pytest.mark.parametrize('nested', [False, True])
def test_code_in_a_checkpoint_is_refused_and_not_run(tmp_path, legacy, nested):
    attack = Attack(tmp_path / 'made')
    content = {'state_dict': {'w': torch.ones(1)}, 'meta': {'a': [{'b': attack}] if nested else attack}}
    torch.save(content, tmp_path / 'evil.pth', _use_new_zipfile_serialization=not legacy)
    with pytest.raises(InputError, match=r'evil\.pth.*mkdir.*run code'):
        read_checkpoint(str(tmp_path / 'evil.pth'))
    assert not (tmp_path / 'made').exists()


def test_a_bare_pickle_is_refused(tmp_path):
    (tmp_path / 'evil.pth').write_bytes(pickle.dumps(Attack(tmp_path / 'made')))
    with pytest.raises(InputError, match='evil'):
        read_checkpoint(str(tmp_path / 'evil.pth'))
    assert not (tmp_path / 'made').exists()


def test_files_that_are_no_checkpoint(tmp_path):
    torch.save({'w': torch.ones(100)}, tmp_path / 'good.pth')
    good = (tmp_path / 'good.pth').read_bytes()
    (tmp_path / 'cut.pth').write_bytes(good[: len(good) // 2])
    (tmp_path / 'text.pth').write_text('<html>404</html>')
    (tmp_path / 'empty.pth').write_bytes(b'')
    torch.save([1, 2, 3], tmp_path / 'list.pth')
    torch.save({'a': 1}, tmp_path / 'weightless.pth')
    with zipfile.ZipFile(tmp_path / 'zip.pth', 'w') as archive:
        archive.writestr('readme.txt', 'hello')
    for name in ('cut', 'text', 'empty', 'list', 'weightless', 'zip', 'absent'):
        with pytest.raises(InputError, match=rf'{name}\.pth') as error:
            read_checkpoint(str(tmp_path / f'{name}.pth'))
        assert '\n' not in str(error.value)


def test_prefixes_of_other_frameworks(model):
    weights = SuperResolver(generator={'type': 'SRCNNNet'}).state_dict()
    for prefix, strip in (('module.', ''), ('', 'generator.'), ('module.', 'generator.')):
        renamed = {prefix + name.removeprefix(strip): value for name, value in weights.items()}
        load_weights(model, {'state_dict': renamed | {'step_counter': torch.zeros(1)}}, 'file')
        assert torch.equal(model.generator.conv1.weight, weights['generator.conv1.weight'])


@pytest.mark.parametrize('fault', ['missing', 'unknown', 'shape', 'foreign'])
def test_weights_that_do_not_fit_leave_the_model_alone(model, fault):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    weights = {name: value + 1 for name, value in before.items()}
    if fault == 'missing':
        del weights['generator.conv3.bias']
    elif fault == 'unknown':
        weights['generator.conv4.bias'] = torch.zeros(3)
    elif fault == 'shape':
        weights['generator.conv2.weight'] = torch.zeros(32, 64, 5, 5)
    else:
        weights = {'backbone.weight': torch.zeros(3)}
    with pytest.raises(InputError, match='not for this model') as error:
        load_weights(model, weights, 'some.pth')
    assert 'conv' in str(error.value)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


class Reach:
    """Asks getattr for more than the histories need."""

    def __reduce__(self):
        return getattr, (HistoryBuffer, '__init__')


def test_getattr_gives_the_statistics_of_histories_only(tmp_path):
    torch.save({'w': torch.ones(1), 'a': Reach()}, tmp_path / 'evil.pth')
    with pytest.raises(InputError, match='getattr'):
        read_checkpoint(str(tmp_path / 'evil.pth'))


def changed(source, target, compression=zipfile.ZIP_STORED, more=b''):
    """The same archive, but for the compression of its members, and bytes after its pickle."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, 'w', compression) as new:
        for member in old.infolist():
            new.writestr(member.filename, old.read(member) + (more if member.filename.endswith('data.pkl') else b''))


def test_every_byte_is_verified(tmp_path):
    torch.save({'w': torch.arange(5000.0)}, tmp_path / 'good.pth')
    data = bytearray((tmp_path / 'good.pth').read_bytes())
    data[len(data) // 2] ^= 1  # one bit of one weight, which torch.load would not notice
    (tmp_path / 'flipped.pth').write_bytes(data)
    with pytest.raises(InputError, match=r'flipped\.pth: damaged \(the checksum of good/data/0 is wrong\)'):
        read_checkpoint(str(tmp_path / 'flipped.pth'))


def test_archives_that_would_unpack_to_more(tmp_path):
    torch.save({'w': torch.ones(100)}, tmp_path / 'good.pth')
    changed(tmp_path / 'good.pth', tmp_path / 'same.pth')
    assert read_checkpoint(str(tmp_path / 'same.pth'))['w'].sum() == 100
    changed(tmp_path / 'good.pth', tmp_path / 'bomb.pth', zipfile.ZIP_DEFLATED, bytes(30_000_000))
    assert (tmp_path / 'bomb.pth').stat().st_size < 100_000
    with pytest.raises(InputError, match=r'bomb\.pth: refused, because it is compressed'):
        read_checkpoint(str(tmp_path / 'bomb.pth'))
    data = (tmp_path / 'good.pth').read_bytes()
    start = data.index(b'PK\1\2')  # the first entry of the directory; at 20 and 24 its sizes
    (tmp_path / 'liar.pth').write_bytes(data[: start + 20] + 2 * struct.pack('<I', 2**31) + data[start + 28 :])
    with pytest.raises(InputError, match=r'liar\.pth: refused, because it claims'):
        read_checkpoint(str(tmp_path / 'liar.pth'))


def test_programs_and_other_old_formats(tmp_path):
    torch.jit.script(torch.nn.Linear(2, 2)).save(str(tmp_path / 'script.pth'))
    with tarfile.open(tmp_path / 'tar.pth', 'w') as archive:
        for name in ('storages', 'tensors', 'pickle'):
            archive.addfile(tarfile.TarInfo(name))
    for name in ('script', 'tar'):
        with pytest.raises(InputError, match=rf'{name}\.pth: refused') as error:
            read_checkpoint(str(tmp_path / f'{name}.pth'))
        assert '\n' not in str(error.value)


def tensors_of(**entries) -> bytes:
    header = json.dumps({name: {'dtype': 'F32', **entry} for name, entry in entries.items()}).encode()
    return struct.pack('<Q', len(header)) + header + bytes(12)


@pytest.mark.parametrize(
    'content',
    [
        struct.pack('<Q', 10**15) + b'{}',
        tensors_of(w={'shape': [10**12], 'data_offsets': [0, 4 * 10**12]}),
        tensors_of(v={'shape': [3], 'data_offsets': [0, 12]}, w={'shape': [3], 'data_offsets': [0, 12]}),
        struct.pack('<Q', 10**6) + 10**6 * b'[',
    ],
    ids=['header', 'size', 'overlap', 'nesting'],
)
def test_safetensors_that_claim_too_much(tmp_path, content):
    pytest.importorskip('safetensors')
    (tmp_path / 'evil.safetensors').write_bytes(content)
    with pytest.raises(InputError, match=r'evil\.safetensors: damaged'):
        read_checkpoint(str(tmp_path / 'evil.safetensors'))


def test_every_road_into_mmengine_is_this_one(tmp_path):
    torch.save({'w': torch.ones(1), 'a': Attack(tmp_path / 'made')}, tmp_path / 'evil.pth')
    for prefix in ('', 'openmmlab://', 's3://', 'local://'):
        with pytest.raises(InputError):
            CheckpointLoader.load_checkpoint(f'{prefix}{tmp_path}/evil.pth')
    assert not (tmp_path / 'made').exists()
