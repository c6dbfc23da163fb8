"""Both sources of patches against the transforms themselves."""

import numpy as np
import pytest
import torch
from mmengine.dataset import Compose

from srcnn import InputError
from srcnn.datasets.infinite_sampler import InfiniteSampler
from srcnn.datasets.resident import DevicePatches, HostPatches, PatchDraws, decoded_pairs, patch_source
from srcnn.datasets.resident.patch_draws import uniforms

CPU = torch.device('cpu')
kinds = pytest.mark.parametrize('kind', [HostPatches, DevicePatches])


@pytest.fixture
def sources(make_set):
    def make(kind, batch_size=6, capacity=4):
        pairs = decoded_pairs(make_set())
        draws = PatchDraws(InfiniteSampler(pairs.names, seed=5), pairs.recipe, pairs.low_sizes, batch_size)
        return kind(pairs, draws, CPU, capacity)

    return make


@kinds
def test_patches_are_those_of_the_pipeline(make_set, sources, monkeypatch, kind):
    """Its transforms, given the same random numbers one after the other, cut the same pixels."""
    dataset, source = make_set(), sources(kind)
    pipeline = Compose(dataset.pipeline.transforms)
    seen = set()
    for iteration in range(20):
        low, high = source.batch(6 * iteration)
        numbers = uniforms(5, 6 * iteration, 6, 5)
        for i, index in enumerate(source.draws.iterations(6 * iteration, 1).image[0]):
            seen.add((int(index), *(numbers[i, 2:] < [0.5, 0.25, 0.5])))
            row = iter(numbers[i].tolist())
            monkeypatch.setattr(np.random, 'random', lambda row=row: next(row))
            expected = pipeline(dataset.get_data_info(int(index)))
            assert torch.equal(low[i], expected['inputs'])
            assert torch.equal(high[i], expected['data_samples']['gt'])
    assert len(seen) > 30  # of 40: images of five sizes, each turned in eight ways


@kinds
def test_loaded_is_the_same_as_one_by_one(sources, kind):
    source, other = sources(kind), sources(kind)
    for first, count in ((12, 4), (36, 2), (48, 4)):
        source.load(first, count)
        for row in range(count):
            for a, b in zip(source.cut(torch.tensor([row])), other.batch(first + 6 * row)):
                assert torch.equal(a, b)
                assert a.is_contiguous(memory_format=torch.channels_last)


def test_on_a_cpu_images_stay_where_they_are(sources):
    source = sources(HostPatches)
    assert isinstance(patch_source(source.pairs, source.draws, CPU, 1), HostPatches)
    assert isinstance(patch_source(source.pairs, source.draws, CPU, 1, resident=True), DevicePatches)


def test_a_gpu_is_not_filled_to_the_brim(sources, monkeypatch):
    host = sources(HostPatches)
    cuda = torch.device('cuda', 0)
    monkeypatch.setattr(torch.cuda, 'mem_get_info', lambda _: (host.pairs.nbytes, 2**30))
    with pytest.raises(InputError, match='resident=True.*does not fit'):
        patch_source(host.pairs, host.draws, cuda, 1, resident=True)
