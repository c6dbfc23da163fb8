"""Networks: (N, C, h, w) -> (N, C, h*scale, w*scale), each readable alone."""

from srcnn.models.networks.srcnn_net import SRCNNNet

__all__ = ['SRCNNNet']
