"""What lies between a layer's products, each as one function that keeps as little as it can for the backward.

Every function has two bodies that compute the same: plain torch, and on a card a Triton kernel (`on_card`) that
reads and writes each number once.
"""
