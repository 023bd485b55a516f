module braid/bench/channel

go 1.19
