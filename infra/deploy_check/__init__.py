"""Proof of deployment without AWS (`make deploy-check`): every function of this working tree is deployed to a moto
server, deployed again, changed, run as Lambda runs it under its own role's policy, and taken down.
"""
