import io
import logging

from srcnn.engine.quiet_log import quieten


def test_what_goes_where(tmp_path):
    console = io.StringIO()
    logger = logging.Logger('quiet')
    logger.addHandler(logging.StreamHandler(console))
    logger.addHandler(logging.FileHandler(tmp_path / 'log'))
    quieten(logger)
    logger.warning('"FileClient" will be deprecated in future. Please use io functions')
    logger.info('Config:\nlr = %s', 1)
    logger.warning('%s', 'Data set missing')
    assert console.getvalue() == 'Data set missing\n'
    assert (tmp_path / 'log').read_text() == 'Config:\nlr = 1\nData set missing\n'
