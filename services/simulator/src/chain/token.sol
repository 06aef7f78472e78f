// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// What every token of the simulated chains has: balances, allowances, and the events of EIP-20.
abstract contract Tokens {
    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    string public name;
    string public symbol;
    uint8 public constant decimals = 18;
    uint256 public totalSupply;
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    constructor(string memory name_, string memory symbol_) {
        name = name_;
        symbol = symbol_;
    }

    function transfer(address to, uint256 value) external returns (bool) {
        require(to != address(0), "transfer to the zero address");
        move(msg.sender, to, value);
        return true;
    }

    function approve(address spender, uint256 value) external returns (bool) {
        allowance[msg.sender][spender] = value;
        emit Approval(msg.sender, spender, value);
        return true;
    }

    function transferFrom(address from, address to, uint256 value) external returns (bool) {
        require(to != address(0), "transfer to the zero address");
        allowance[from][msg.sender] -= value;
        move(from, to, value);
        return true;
    }

    /// Moves, mints (from nobody) or burns (to nobody).
    function move(address from, address to, uint256 value) internal {
        before(from, to);
        if (from == address(0)) totalSupply += value;
        else balanceOf[from] -= value;
        if (to == address(0)) totalSupply -= value;
        else balanceOf[to] += value;
        emit Transfer(from, to, value);
    }

    /// Called before anything moves.
    function before(address from, address to) internal virtual {}
}

/// A plain ERC-20 whose whole supply exists from the start, at the addresses given to the constructor.
contract Token is Tokens {
    constructor(string memory name_, string memory symbol_, address[] memory holders, uint256[] memory amounts) Tokens(name_, symbol_) {
        require(holders.length == amounts.length, "holders and amounts differ in length");
        for (uint256 i = 0; i < holders.length; i++) move(address(0), holders[i], amounts[i]);
    }
}
