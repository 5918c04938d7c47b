# one.sh "jvm flags" sizes...
R="java -cp ${C:-classes}:$(cat /tmp/cp.txt) -XX:+UseParallelGC -XX:MaxInlineLevel=40 -XX:MaxRecursiveInlineLevel=3 -XX:FreqInlineSize=500 -XX:InlineSmallCode=5000 -Xmx6g"
F="$1"; shift
for s in "$@"; do case $s in 64) A="64 1 1500000 21";; 1024) A="1024 16 1000000 17";; 16384) A="16384 16 1500000 7";; esac
$R $F dev.shootdown.bench.Drive $A $W | grep ratio; done
