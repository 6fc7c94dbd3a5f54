"""The main job of the city as a program: a client of a running server, over public HTTP and sockets alone.

A sale from the first listing to the seller's money, a birth certificate and a building approval, each step timed and checked. With
`--chaos` the processes of an embedded city are killed in the middle of it, and nothing may be lost or doubled. Run by `scripts/demo`.
"""
