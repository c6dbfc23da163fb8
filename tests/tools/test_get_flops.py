TOOL = 'analysis_tools/get_flops.py'


def test_figures_of_a_network(call, write):
    done = call(TOOL, write(), '--shape', '16', '12')
    assert (done.status, done.err) == (0, '')
    assert 'input           3 x 16 x 12, output 3 x 64 x 48' in done.out
    assert 'multiply-adds' in done.out
    assert done.out.count('% of it') == 2


def test_a_shape_that_is_none(call, write):
    done = call(TOOL, write(), '--shape', '3', '0', '12')
    assert done.status == 1
    assert '--shape 3 0 12' in done.err
