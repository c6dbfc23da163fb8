from srcnn.datasets.transforms import SetValues


def test_sets_in_transform_and_check():
    sample: dict = {'scale': 2}
    assert SetValues({'scale': 4})(sample)['scale'] == 4
    checked: dict = {}
    SetValues({'scale': 4}).check(checked)
    assert checked == {'scale': 4}
