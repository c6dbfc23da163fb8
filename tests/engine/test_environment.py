import torch

from srcnn.engine.environment import describe_environment


def test_names_what_matters():
    facts = describe_environment()
    assert facts['torch'].split('+')[0] == torch.__version__.split('+')[0]
    assert facts['Python'].count('.') == 2
