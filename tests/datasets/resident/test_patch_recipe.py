import pytest

from srcnn import InputError
from srcnn.datasets.resident.patch_recipe import patch_recipe
from tests.datasets.resident.conftest import CROP, TURNS


def test_reads_the_pipeline(make_set):
    recipe = patch_recipe(make_set().pipeline.transforms)
    assert (recipe.scale, recipe.size, recipe.low_size) == (4, 32, 8)
    assert recipe.turns == (('horizontal', 0.5), ('vertical', 0.25), ('transpose', 0.5))


@pytest.mark.parametrize(('steps', 'message'), [
    ([{'type': 'RandomCropAndDownsample', 'gt_patch_size': 32, 'scale': 4}], 'does not do RandomCropAndDownsample'),
    ([*CROP, {'type': 'Flip', 'keys': 'img'}], r"does not do Flip of keys=\['img'\]"),
    ([*CROP, {'type': 'PackInputs', 'keys': 'gt'}], r"does not do PackInputs of keys=\['gt'\]"),
    (TURNS, 'one PairedRandomCrop'),
])  # fmt: skip
def test_refuses_by_name_what_it_cannot_do(make_set, steps, message):
    with pytest.raises(InputError, match=message):
        patch_recipe(make_set(*steps, lazy_init=True).pipeline.transforms)
